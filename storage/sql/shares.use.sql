-- Notes when a share link was used last, unless somebody has noted it lately.
UPDATE shares SET used_at = %(now)s WHERE id = %(id)s AND (used_at IS NULL OR used_at <= %(lately)s)
