-- purpose: fallbacks for the people of one shard whose own candidates are too few, as deep into
--   the list as `depth` says.
-- cost: such people times `depth` rows.
SELECT f.subscriber_id, l.p, l.level, l.place
FROM (
  SELECT s.subscriber_id, s.segment, s.category
  FROM shard AS s
  LEFT JOIN (
    SELECT subscriber_id, COUNT(*) AS things FROM chosen GROUP BY subscriber_id
  ) AS c ON c.subscriber_id = s.subscriber_id
  CROSS JOIN params
  WHERE COALESCE(c.things, 0) < params.wanted
) AS f
JOIN fallbacks AS l ON l.segment = f.segment AND l.category = f.category
CROSS JOIN depth
WHERE l.place <= depth.places
  AND NOT EXISTS (
    SELECT 1 FROM unwanted AS u WHERE u.subscriber_id = f.subscriber_id AND u.p = l.p
  )
  AND NOT EXISTS (
    SELECT 1 FROM nearest AS n WHERE n.subscriber_id = f.subscriber_id AND n.p = l.p
  )
