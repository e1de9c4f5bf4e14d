-- purpose: for each kind of people (segment, favourite category) one list of products to fall back
--   on: popular in the category (level 1), in the segment (2), everywhere (3), the editor's list
--   (4). Each product once, at its best level. So many of each category as a letter may show come
--   first: a deep look into the list is then seldom needed.
-- cost: kinds times products, all small.
SELECT
  best.kind,
  best.p,
  best.level,
  ROW_NUMBER() OVER (
    PARTITION BY best.kind
    ORDER BY FLOOR((best.of_shelf - 1) / params.per_category), best.level, best.place, best.p
  ) AS place
FROM (
  SELECT
    b.*,
    ROW_NUMBER() OVER (
      PARTITION BY b.kind, b.shelf ORDER BY b.level, b.place, b.p
    ) AS of_shelf
  FROM (
    SELECT
      l.kind,
      l.p,
      l.level,
      l.place,
      g.shelf,
      ROW_NUMBER() OVER (PARTITION BY l.kind, l.p ORDER BY l.level, l.place) AS nth
    FROM (
      SELECT k.kind, r.p, 1 AS level, r.place
      FROM kinds AS k
      JOIN ranking AS r ON r.category = k.category
      UNION ALL
      SELECT k.kind, s.p, 2 AS level, s.place
      FROM kinds AS k
      JOIN segment_popular AS s ON s.segment = k.segment
      UNION ALL
      SELECT k.kind, r.p, 3 AS level, r.place
      FROM kinds AS k
      CROSS JOIN ranking AS r
      UNION ALL
      SELECT k.kind, e.p, 4 AS level, e.place
      FROM kinds AS k
      CROSS JOIN editors AS e
    ) AS l
    JOIN goods AS g ON g.p = l.p AND g.sellable
  ) AS b
  WHERE b.nth = 1
) AS best
CROSS JOIN params
