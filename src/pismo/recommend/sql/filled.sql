-- purpose: fallbacks for the people of one shard who have fewer offers than `depth` says is enough,
--   out of the top of the list.
-- cost: such people times rows of `top_fallbacks` for their kind.
SELECT f.number, l.p, l.level, l.place
FROM (
  SELECT s.number, s.segment, s.category
  FROM shard AS s
  CROSS JOIN depth
  LEFT JOIN (
    SELECT number, COUNT(*) AS things FROM had GROUP BY number
  ) AS c ON c.number = s.number
  WHERE COALESCE(c.things, 0) < depth.enough
) AS f
JOIN top_fallbacks AS l ON l.segment = f.segment AND l.category = f.category
WHERE NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = f.number AND u.p = l.p)
  AND NOT EXISTS (SELECT 1 FROM nearest AS n WHERE n.number = f.number AND n.p = l.p)
