-- Makes the transaction that begins here see one moment of the whole database, and write nothing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
