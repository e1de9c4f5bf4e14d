-- purpose: people of the shard whose near offers may not fill a letter, with limits by family and
--   category; and how deep into the list of fallbacks to look for them at first. Who is here
--   though they lack nothing loses nothing: fallbacks come after what is near.
-- cost: one pass over near offers of the shard, two hash aggregates.
SELECT
  s.number,
  s.kind,
  CASE WHEN COALESCE(n.things, 0) < params.shortlist THEN depth.first_look ELSE depth.second_look END
    AS places
FROM shard AS s
LEFT JOIN (
  SELECT
    c.number,
    SUM(c.things) AS things,
    SUM(CASE WHEN c.singles < params.per_category THEN c.singles ELSE params.per_category END)
      AS sure
  FROM (
    SELECT
      o.number,
      o.shelf,
      COUNT(*) AS things,
      SUM(CASE WHEN o.family IS NULL THEN 1 ELSE 0 END) AS singles
    FROM nearest AS o
    GROUP BY o.number, o.shelf
  ) AS c
  CROSS JOIN params
  GROUP BY c.number
) AS n ON n.number = s.number
CROSS JOIN params
CROSS JOIN depth
WHERE COALESCE(n.sure, 0) < params.wanted
