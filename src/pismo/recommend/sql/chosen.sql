-- purpose: from all offers each person's picks: one of a family, at most `per_category` of a
--   category (but all that is pinned), at most `wanted` in all. An offer is one number, its turn:
--   its level (pinned -1, near 0, fallbacks 1 to 4), its place there, the product; the least comes
--   first. Engines find the first few by one number, with nothing else to carry, twice as fast as
--   by three columns.
-- cost: the first few of each person's categories, then of each person; a hash aggregate for
--   products that have a family.
SELECT
  last.number,
  CAST(last.turn % params.slots AS INTEGER) AS p,
  CAST((last.turn - last.turn % params.level_room) / params.level_room AS INTEGER) - 1 AS level,
  CAST(last.rank AS INTEGER) AS rank
FROM (
  SELECT c.number, c.turn, ROW_NUMBER() OVER (PARTITION BY c.number ORDER BY c.turn) AS rank
  FROM (
    SELECT o.number, o.turn
    FROM offers AS o
    CROSS JOIN params
    WHERE o.turn < params.level_room
    UNION ALL
    SELECT f.number, f.turn
    FROM (
      SELECT
        a.number,
        a.turn,
        ROW_NUMBER() OVER (PARTITION BY a.number, a.shelf ORDER BY a.turn) AS of_category
      FROM (
        SELECT o.number, o.turn, o.shelf
        FROM offers AS o
        WHERE o.family IS NULL
        UNION ALL
        SELECT r.number, r.turn, k.shelf
        FROM (
          SELECT o.number, o.family, MIN(o.turn) AS turn
          FROM offers AS o
          WHERE o.family IS NOT NULL
          GROUP BY o.number, o.family
        ) AS r
        CROSS JOIN params
        JOIN kin AS k ON k.p = r.turn % params.slots
      ) AS a
    ) AS f
    CROSS JOIN params
    WHERE f.of_category <= params.per_category AND f.turn >= params.level_room
  ) AS c
) AS last
CROSS JOIN params
WHERE last.rank <= params.wanted
