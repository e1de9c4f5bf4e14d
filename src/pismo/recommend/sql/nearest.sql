-- purpose: each person's best candidates; more than are wanted, because one of a family and a few of
--   a category will do.
-- cost: one sort within each person's candidates.
SELECT ranked.number, ranked.p, 0 AS level, ranked.place
FROM (
  SELECT
    c.number,
    c.p,
    ROW_NUMBER() OVER (PARTITION BY c.number ORDER BY c.score DESC, c.p) AS place
  FROM candidates AS c
) AS ranked
CROSS JOIN params
WHERE ranked.place <= params.shortlist
