-- Sites of which somebody wants a report of each week. The first run only tells when the next week begins.
SELECT sites.id::bigint AS subject, now() AS due_at
FROM sites
WHERE sites.deleted_at IS NULL AND EXISTS (
    SELECT FROM recipients
    WHERE recipients.site = sites.id AND recipients.unsubscribed_at IS NULL AND 'weekly_report' = ANY (recipients.kinds)
)
