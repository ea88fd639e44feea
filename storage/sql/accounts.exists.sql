-- Is there a live account with this id? One row if so; it stays alive until the end of the transaction.
SELECT FROM accounts WHERE id = %(id)s AND deleted_at IS NULL FOR SHARE
