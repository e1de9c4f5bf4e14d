-- purpose: one row per order with something bought, and when.
-- cost: one pass over purchases, one hash aggregate by (subscriber, order).
SELECT p.subscriber_id, p.order_id, MIN(p.ts) AS ts
FROM purchases AS p
CROSS JOIN params
WHERE p.ts < params.now
GROUP BY p.subscriber_id, p.order_id
HAVING MAX(p.quantity) > 0
