-- Lets a partition go on where its log begins: what was before is gone.
UPDATE positions SET next = %(next)s WHERE log = %(log)s AND partition = %(partition)s AND next < %(next)s
