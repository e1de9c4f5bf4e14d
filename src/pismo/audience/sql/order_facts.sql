-- purpose: orders and spending of each person, all time and in the last 365, 90 and 30 days.
--   An order made only of returns is no order, but its money comes off; what was paid or given
--   back lately counts by its own day.
-- cost: one pass over purchases and one over `orders`, a hash aggregate by subscriber of each.
SELECT
  m.subscriber_id,
  COALESCE(o.orders, 0) AS orders,
  o.orders_365,
  o.orders_90,
  o.orders_30,
  m.spend,
  m.spend_365,
  m.spend_90,
  m.spend_30,
  o.first_order,
  o.last_order
FROM (
  SELECT
    p.subscriber_id,
    SUM(p.amount) AS spend,
    SUM(CASE WHEN p.ts >= params.from_365 THEN p.amount ELSE 0 END) AS spend_365,
    SUM(CASE WHEN p.ts >= params.from_90 THEN p.amount ELSE 0 END) AS spend_90,
    SUM(CASE WHEN p.ts >= params.from_30 THEN p.amount ELSE 0 END) AS spend_30
  FROM (
    SELECT subscriber_id, ts, quantity * COALESCE(price, 0) AS amount FROM purchases
  ) AS p
  CROSS JOIN params
  WHERE p.ts < params.now
  GROUP BY p.subscriber_id
) AS m
LEFT JOIN (
  SELECT
    b.subscriber_id,
    COUNT(*) AS orders,
    SUM(CASE WHEN b.ts >= params.from_365 THEN 1 ELSE 0 END) AS orders_365,
    SUM(CASE WHEN b.ts >= params.from_90 THEN 1 ELSE 0 END) AS orders_90,
    SUM(CASE WHEN b.ts >= params.from_30 THEN 1 ELSE 0 END) AS orders_30,
    MIN(b.ts) AS first_order,
    MAX(b.ts) AS last_order
  FROM orders AS b
  CROSS JOIN params
  GROUP BY b.subscriber_id
) AS o ON o.subscriber_id = m.subscriber_id
