"""Messages on their way: mails and webhooks, and the reports that are sent without anybody asking."""
