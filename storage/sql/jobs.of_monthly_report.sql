-- Sites of which somebody wants a report of each month. The first run only tells when the next month begins.
SELECT sites.id::bigint AS subject, now() AS due_at
FROM sites
WHERE sites.deleted_at IS NULL AND EXISTS (
    SELECT FROM recipients
    WHERE recipients.site = sites.id AND recipients.unsubscribed_at IS NULL AND 'monthly_report' = ANY (recipients.kinds)
)
