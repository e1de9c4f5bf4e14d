-- purpose: three digits of 1 to 5 for buyers: how recently, how often, for how much they bought;
--   5 is best, equal people get equal digits.
-- cost: three sorts over the buyers.
SELECT
  q.subscriber_id,
  CAST(q.r AS VARCHAR) || CAST(q.f AS VARCHAR) || CAST(q.m AS VARCHAR) AS rfm
FROM (
  SELECT
    o.subscriber_id,
    CAST(CEIL(5 * CUME_DIST() OVER (ORDER BY CAST(o.last_order AS DATE))) AS INTEGER) AS r,
    CAST(CEIL(5 * CUME_DIST() OVER (ORDER BY o.orders)) AS INTEGER) AS f,
    CAST(CEIL(5 * CUME_DIST() OVER (ORDER BY o.spend)) AS INTEGER) AS m
  FROM order_facts AS o
  WHERE o.orders > 0
) AS q
