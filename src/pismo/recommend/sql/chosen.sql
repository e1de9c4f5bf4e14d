-- purpose: from all offers (pinned -1, near 0, fallbacks 1 to 4) each person's picks: one of a
--   family, at most `per_category` of a category, at most `wanted` in all.
-- cost: three sorts within each person's offers.
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
      SELECT
        o.number,
        o.p,
        o.level,
        o.place,
        g.shelf,
        ROW_NUMBER() OVER (
          PARTITION BY o.number, g.family ORDER BY o.level, o.place, o.p
        ) AS of_family
      FROM offers AS o
      JOIN goods AS g ON g.p = o.p
    ) AS f
    WHERE f.of_family = 1
  ) AS c
  CROSS JOIN params
  WHERE c.shelf IS NULL OR c.of_category <= params.per_category OR c.level = -1
) AS last
CROSS JOIN params
WHERE last.rank <= params.wanted
