-- purpose: what each person bought, or looked at in the last year, one row per product, the last
--   time it happened; only the latest of it where there is very much. A view weighs less.
-- cost: one pass over purchases and events, one hash aggregate by (person, product), one sort
--   within each person.
SELECT ranked.subscriber_id, ranked.p, ranked.bought, ranked.weight, ranked.age
FROM (
  SELECT
    touched.subscriber_id,
    touched.p,
    touched.bought,
    CASE WHEN touched.bought = 1 THEN 1.0 ELSE params.view_weight END AS weight,
    date_diff('second', touched.ts, params.now) / 86400.0 AS age,
    ROW_NUMBER() OVER (
      PARTITION BY touched.subscriber_id
      ORDER BY touched.bought DESC, touched.ts DESC, touched.p
    ) AS place
  FROM (
    SELECT t.subscriber_id, g.p, MAX(t.bought) AS bought, MAX(t.ts) AS ts
    FROM (
      SELECT b.subscriber_id, b.product_id, b.ts, 1 AS bought
      FROM purchases AS b
      CROSS JOIN params
      WHERE b.ts < params.now AND b.quantity > 0
      UNION ALL
      SELECT e.subscriber_id, e.product_id, e.ts, 0 AS bought
      FROM events AS e
      CROSS JOIN params
      WHERE e.kind = 'view' AND e.ts < params.now AND e.ts >= params.from_365
    ) AS t
    JOIN goods AS g ON g.product_id = t.product_id
    GROUP BY t.subscriber_id, g.p
  ) AS touched
  CROSS JOIN params
) AS ranked
CROSS JOIN params
WHERE ranked.place <= params.history
