-- purpose: the category each person looked at most in the last 90 days (then the later, the name).
-- cost: one pass over recent views, a join with products, a sort within each person's categories.
SELECT ranked.subscriber_id, ranked.category AS viewed_category
FROM (
  SELECT
    c.subscriber_id,
    c.category,
    ROW_NUMBER() OVER (
      PARTITION BY c.subscriber_id ORDER BY c.views DESC, c.last_ts DESC, c.category
    ) AS place
  FROM (
    SELECT e.subscriber_id, g.category, COUNT(*) AS views, MAX(e.ts) AS last_ts
    FROM events AS e
    JOIN products AS g ON g.product_id = e.product_id
    CROSS JOIN params
    WHERE e.kind = 'view' AND e.ts < params.now AND e.ts >= params.from_90
      AND g.category IS NOT NULL
    GROUP BY e.subscriber_id, g.category
  ) AS c
) AS ranked
WHERE ranked.place = 1
