-- Removes messages that were sent, or given up, long ago.
DELETE FROM messages WHERE sent_at < %(sent_before)s OR given_up_at < %(given_up_before)s
