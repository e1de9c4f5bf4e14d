-- purpose: what each person bought, or looked at in the last year, one row per product, the last
--   time it happened; only the latest of it where there is very much. A view weighs less.
-- cost: one pass over purchases and events, one hash aggregate by (person, product), one by person;
--   a sort for people with more than `history` products only.
WITH touched AS (
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
),
busy AS (
  SELECT t.subscriber_id
  FROM touched AS t
  CROSS JOIN params
  GROUP BY t.subscriber_id, params.history
  HAVING COUNT(*) > params.history
)
SELECT
  kept.subscriber_id,
  kept.p,
  kept.bought,
  CASE WHEN kept.bought = 1 THEN 1.0 ELSE params.view_weight END AS weight,
  date_diff('second', kept.ts, params.now) / 86400.0 AS age
FROM (
  SELECT t.subscriber_id, t.p, t.bought, t.ts
  FROM touched AS t
  WHERE NOT EXISTS (SELECT 1 FROM busy AS y WHERE y.subscriber_id = t.subscriber_id)
  UNION ALL
  SELECT ranked.subscriber_id, ranked.p, ranked.bought, ranked.ts
  FROM (
    SELECT
      t.*,
      ROW_NUMBER() OVER (
        PARTITION BY t.subscriber_id ORDER BY t.bought DESC, t.ts DESC, t.p
      ) AS place
    FROM touched AS t
    JOIN busy AS y ON y.subscriber_id = t.subscriber_id
  ) AS ranked
  CROSS JOIN params
  WHERE ranked.place <= params.history
) AS kept
CROSS JOIN params
