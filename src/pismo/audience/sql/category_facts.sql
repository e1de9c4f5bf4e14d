-- purpose: the category each person bought most things of (the later one wins a tie, then the
--   name), and the one they bought last.
-- cost: one pass over purchases, a join with products, a sort within each person's categories.
SELECT
  ranked.subscriber_id,
  MAX(CASE WHEN ranked.by_count = 1 THEN ranked.category END) AS favourite_category,
  MAX(CASE WHEN ranked.by_time = 1 THEN ranked.category END) AS last_category
FROM (
  SELECT
    c.subscriber_id,
    c.category,
    ROW_NUMBER() OVER (
      PARTITION BY c.subscriber_id ORDER BY c.things DESC, c.last_ts DESC, c.category
    ) AS by_count,
    ROW_NUMBER() OVER (
      PARTITION BY c.subscriber_id ORDER BY c.last_ts DESC, c.things DESC, c.category
    ) AS by_time
  FROM (
    SELECT p.subscriber_id, g.category, SUM(p.quantity) AS things, MAX(p.ts) AS last_ts
    FROM purchases AS p
    JOIN products AS g ON g.product_id = p.product_id
    CROSS JOIN params
    WHERE p.ts < params.now AND p.quantity > 0 AND g.category IS NOT NULL
    GROUP BY p.subscriber_id, g.category
  ) AS c
) AS ranked
WHERE ranked.by_count = 1 OR ranked.by_time = 1
GROUP BY ranked.subscriber_id
