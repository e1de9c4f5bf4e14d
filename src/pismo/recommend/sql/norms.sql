-- purpose: how much each product weighs in all histories, relative to the average product.
--   Sums are of whole billionths, so that their order cannot change them.
-- cost: one pass over `weighed`.
SELECT s.p, s.total / a.average AS norm
FROM (
  SELECT p, CAST(SUM(CAST(ROUND(weight * 1e9) AS BIGINT)) AS DOUBLE) AS total
  FROM weighed GROUP BY p
) AS s
CROSS JOIN (
  SELECT CAST(SUM(CAST(ROUND(weight * 1e9) AS BIGINT)) AS DOUBLE) / COUNT(DISTINCT p) AS average
  FROM weighed
) AS a
WHERE a.average > 0
