-- purpose: what the people asked for must not be shown: what they own (all of it, not only the
--   latest) and what the last issues showed; by their numbers, in their order, as in `past`.
-- cost: one pass over purchases, one sort by number.
SELECT u.number, u.p
FROM (
  SELECT o.number, g.p
  FROM purchases AS b
  JOIN people AS o ON o.subscriber_id = b.subscriber_id
  JOIN goods AS g ON g.product_id = b.product_id
  CROSS JOIN params
  WHERE b.ts < params.now
  UNION ALL
  SELECT o.number, g.p
  FROM shown AS v
  JOIN people AS o ON o.subscriber_id = v.subscriber_id
  JOIN goods AS g ON g.product_id = v.product_id
) AS u
ORDER BY u.number
