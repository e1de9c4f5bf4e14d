-- purpose: each person's best candidates, one of a family.
-- cost: two sorts within each person's candidates.
SELECT ranked.subscriber_id, ranked.p, 0 AS level, ranked.place
FROM (
  SELECT
    one.subscriber_id,
    one.p,
    ROW_NUMBER() OVER (PARTITION BY one.subscriber_id ORDER BY one.score DESC, one.p) AS place
  FROM (
    SELECT
      c.subscriber_id,
      c.p,
      c.score,
      ROW_NUMBER() OVER (
        PARTITION BY c.subscriber_id, g.family ORDER BY c.score DESC, c.p
      ) AS of_family
    FROM candidates AS c
    JOIN goods AS g ON g.p = c.p
  ) AS one
  WHERE one.of_family = 1
) AS ranked
CROSS JOIN params
WHERE ranked.place <= params.shortlist
