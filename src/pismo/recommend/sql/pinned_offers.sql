-- purpose: what editors pinned, offered to everybody of the shard who may be shown it.
-- cost: people of the shard times pinned products.
SELECT s.number, n.p, -1 AS level, n.place
FROM shard AS s
CROSS JOIN pinned AS n
JOIN goods AS g ON g.p = n.p AND g.sellable
WHERE NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = n.p)
  AND NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = s.number AND u.p = n.p)
