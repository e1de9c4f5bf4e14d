-- purpose: for each (segment, favourite category) one list of products to fall back on: popular in
--   the category (level 1), in the segment (2), everywhere (3), the editor's list (4). Each product
--   once, at its best level. So many of each category as a letter may show come first: a deep look
--   into the list is then seldom needed.
-- cost: segments times categories times products, all small.
SELECT
  best.segment,
  best.category,
  best.p,
  best.level,
  ROW_NUMBER() OVER (
    PARTITION BY best.segment, best.category
    ORDER BY FLOOR((best.of_shelf - 1) / params.per_category), best.level, best.place, best.p
  ) AS place
FROM (
  SELECT
    b.*,
    ROW_NUMBER() OVER (
      PARTITION BY b.segment, b.category, b.shelf ORDER BY b.level, b.place, b.p
    ) AS of_shelf
  FROM (
  SELECT
    l.segment,
    l.category,
    l.p,
    l.level,
    l.place,
    g.shelf,
    ROW_NUMBER() OVER (
      PARTITION BY l.segment, l.category, l.p ORDER BY l.level, l.place
    ) AS nth
  FROM (
    SELECT k.segment, k.category, r.p, 1 AS level, r.place
    FROM kinds AS k
    JOIN ranking AS r ON r.category = k.category
    UNION ALL
    SELECT k.segment, k.category, s.p, 2 AS level, s.place
    FROM kinds AS k
    JOIN segment_popular AS s ON s.segment = k.segment
    UNION ALL
    SELECT k.segment, k.category, r.p, 3 AS level, r.place
    FROM kinds AS k
    CROSS JOIN ranking AS r
    UNION ALL
    SELECT k.segment, k.category, e.p, 4 AS level, e.place
    FROM kinds AS k
    CROSS JOIN editors AS e
  ) AS l
  JOIN goods AS g ON g.p = l.p AND g.sellable
) AS b
  WHERE b.nth = 1
) AS best
CROSS JOIN params
