-- purpose: from all offers (pinned -1, near 0, fallbacks 1 to 4) each person's picks: one of a
--   family, at most `per_category` of a category, at most `wanted` in all.
-- cost: two sorts within each person's offers; a third for products that are in `kin`.
SELECT last.number, last.p, last.level, last.rank
FROM (
  SELECT
    c.number,
    c.p,
    c.level,
    CAST(ROW_NUMBER() OVER (
      PARTITION BY c.number ORDER BY c.level, c.place, c.p
    ) AS INTEGER) AS rank
  FROM (
    SELECT
      f.*,
      ROW_NUMBER() OVER (
        PARTITION BY f.number, f.shelf ORDER BY f.level, f.place, f.p
      ) AS of_category
    FROM (
      SELECT o.number, o.p, o.level, o.place, g.shelf
      FROM offers AS o
      JOIN goods AS g ON g.p = o.p
      WHERE NOT EXISTS (SELECT 1 FROM kin AS k WHERE k.p = o.p)
      UNION ALL
      SELECT r.number, r.p, r.level, r.place, r.shelf
      FROM (
        SELECT
          o.number,
          o.p,
          o.level,
          o.place,
          g.shelf,
          ROW_NUMBER() OVER (
            PARTITION BY o.number, k.family ORDER BY o.level, o.place, o.p
          ) AS of_family
        FROM offers AS o
        JOIN kin AS k ON k.p = o.p
        JOIN goods AS g ON g.p = o.p
      ) AS r
      WHERE r.of_family = 1
    ) AS f
  ) AS c
  CROSS JOIN params
  WHERE c.shelf IS NULL OR c.of_category <= params.per_category OR c.level = -1
) AS last
CROSS JOIN params
WHERE last.rank <= params.wanted
