-- purpose: fallbacks for the people of one shard who have fewer offers than `depth` says is enough,
--   as deep into the list as it says.
-- cost: such people times `depth.places` rows.
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
JOIN fallbacks AS l ON l.segment = f.segment AND l.category = f.category
CROSS JOIN depth
WHERE l.place <= depth.places
  AND NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = f.number AND u.p = l.p)
  AND NOT EXISTS (SELECT 1 FROM nearest AS n WHERE n.number = f.number AND n.p = l.p)
