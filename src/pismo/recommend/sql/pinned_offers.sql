-- purpose: what editors pinned, one of a family, offered to everybody of the shard who may be shown
--   it; for `turn` see `chosen`.
-- cost: people of the shard times pinned products.
SELECT o.number, k.p, o.turn, k.shelf, k.family
FROM (
  SELECT s.number, k.family, MIN(n.place * params.slots + n.p) AS turn
  FROM shard AS s
  CROSS JOIN pinned AS n
  CROSS JOIN params
  JOIN goods AS g ON g.p = n.p AND g.sellable
  JOIN kin AS k ON k.p = n.p
  WHERE NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = n.p)
    AND NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = s.number AND u.p = n.p)
  GROUP BY s.number, k.family
) AS o
CROSS JOIN params
JOIN kin AS k ON k.p = o.turn % params.slots
