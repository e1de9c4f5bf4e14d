-- purpose: one row per order with something bought: when, and for how much; what was paid or given
--   back lately counts by its own day.
-- cost: one pass over purchases, one hash aggregate by (subscriber, order).
SELECT
  p.subscriber_id,
  p.order_id,
  MIN(p.ts) AS ts,
  SUM(p.quantity * COALESCE(p.price, 0)) AS amount,
  SUM(CASE WHEN p.ts >= params.from_365 THEN p.quantity * COALESCE(p.price, 0) ELSE 0 END)
    AS amount_365,
  SUM(CASE WHEN p.ts >= params.from_90 THEN p.quantity * COALESCE(p.price, 0) ELSE 0 END)
    AS amount_90,
  SUM(CASE WHEN p.ts >= params.from_30 THEN p.quantity * COALESCE(p.price, 0) ELSE 0 END)
    AS amount_30,
  SUM(CASE WHEN p.quantity > 0 THEN 1 ELSE 0 END) AS bought
FROM purchases AS p
CROSS JOIN params
WHERE p.ts < params.now
GROUP BY p.subscriber_id, p.order_id
