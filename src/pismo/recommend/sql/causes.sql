-- purpose: for each near pick, the product of the person's history that brought it most, and whether
--   they bought that.
-- cost: picks of the shard times their history, a hash aggregate by pick. What is compared and what
--   is found out are one number: how strongly, then the product, then whether it was bought.
SELECT
  b.number,
  b.p,
  params.slots - CAST((b.most % (2 * params.slots) - b.most % 2) / 2 AS INTEGER) AS because,
  b.most % 2 AS bought
FROM (
  SELECT
    c.number,
    c.p,
    MAX(
      (
        CAST(FLOOR(h.say * s.pull / params.cause_step) AS BIGINT) * params.slots
        + params.slots - h.p
      ) * 2 + h.bought
    ) AS most
  FROM chosen AS c
  JOIN shard_history AS h ON h.number = c.number
  JOIN pulls AS s ON s.i = h.p AND s.j = c.p
  CROSS JOIN params
  WHERE c.level = 0
  GROUP BY c.number, c.p
) AS b
CROSS JOIN params
