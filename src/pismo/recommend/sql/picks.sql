-- purpose: picks as a letter needs them, each with its reason in words.
-- cost: one pass over the shard's picks, hash joins with products, a sort.
SELECT
  s.subscriber_id,
  c.rank,
  g.product_id,
  g.title,
  g.url,
  COALESCE(g.image, '') AS image,
  g.price,
  g.old_price,
  g.currency,
  COALESCE(g.category, '') AS category,
  r.reason
FROM chosen AS c
JOIN shard AS s ON s.number = c.number
JOIN goods AS g ON g.p = c.p
LEFT JOIN causes AS a ON a.number = c.number AND a.p = c.p
JOIN reason_texts AS r
  ON r.cause = CASE
    WHEN c.level = 0 AND a.bought = 1 THEN 'bought'
    WHEN c.level = 0 THEN 'viewed'
    WHEN c.level = 1 THEN 'category'
    WHEN c.level = 2 THEN 'segment'
    WHEN c.level = 3 THEN 'popular'
    ELSE 'editor'
  END
  AND r.category = CASE WHEN c.level = 1 THEN g.category ELSE '' END
  AND r.because = CASE WHEN c.level = 0 THEN a.because ELSE 0 END
ORDER BY s.number, c.rank
