-- purpose: orders and spending of each person, all time and in the last 365, 90 and 30 days.
--   An order made only of returns is no order, but its money comes off.
-- cost: one pass over `orders`, one hash aggregate by subscriber.
SELECT
  o.subscriber_id,
  SUM(CASE WHEN o.bought > 0 THEN 1 ELSE 0 END) AS orders,
  SUM(CASE WHEN o.bought > 0 AND o.ts >= params.from_365 THEN 1 ELSE 0 END) AS orders_365,
  SUM(CASE WHEN o.bought > 0 AND o.ts >= params.from_90 THEN 1 ELSE 0 END) AS orders_90,
  SUM(CASE WHEN o.bought > 0 AND o.ts >= params.from_30 THEN 1 ELSE 0 END) AS orders_30,
  SUM(o.amount) AS spend,
  SUM(o.amount_365) AS spend_365,
  SUM(o.amount_90) AS spend_90,
  SUM(o.amount_30) AS spend_30,
  MIN(CASE WHEN o.bought > 0 THEN o.ts END) AS first_order,
  MAX(CASE WHEN o.bought > 0 THEN o.ts END) AS last_order
FROM orders AS o
CROSS JOIN params
GROUP BY o.subscriber_id
