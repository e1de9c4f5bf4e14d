-- purpose: picks as a letter needs them, each with its reason in words.
-- cost: one pass over the shard's picks, hash joins with products.
SELECT
  s.subscriber_id,
  s.number,
  c.rank,
  g.product_id,
  g.title,
  g.url,
  COALESCE(g.image, '') AS image,
  g.price,
  g.old_price,
  g.currency,
  COALESCE(g.category, '') AS category,
  REPLACE(
    w.text,
    '{title}',
    COALESCE(REPLACE(REPLACE(b.title, w.open_quote, w.open_inner), w.close_quote, w.close_inner), '')
  ) AS reason
FROM chosen AS c
JOIN shard AS s ON s.number = c.number
JOIN goods AS g ON g.p = c.p
LEFT JOIN causes AS a ON a.number = c.number AND a.p = c.p
LEFT JOIN goods AS b ON b.p = a.because
JOIN words AS w ON w.cause = CASE
    WHEN c.level = 0 AND a.bought = 1 THEN 'bought'
    WHEN c.level = 0 THEN 'viewed'
    WHEN c.level = 1 THEN 'category'
    WHEN c.level = 2 THEN 'segment'
    WHEN c.level = 3 THEN 'popular'
    ELSE 'editor'
  END
  AND w.category = CASE WHEN c.level = 1 THEN g.category ELSE '' END
