-- Deletes a folder of an account.
DELETE FROM folders WHERE id = %(id)s AND account_id = %(account_id)s
