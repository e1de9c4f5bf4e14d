-- purpose: the lists of fallbacks as deep as they are looked into, as offers; for `turn` see
--   `chosen`. Cut first and joined then: nobody is paired with a whole list only to forget most of
--   it.
-- cost: one pass over `fallbacks`.
SELECT
  l.kind,
  l.place,
  l.p,
  CAST(l.level + 1 AS BIGINT) * params.level_room + l.place * params.slots + l.p AS turn,
  k.shelf,
  k.family
FROM fallbacks AS l
CROSS JOIN depth
CROSS JOIN params
JOIN kin AS k ON k.p = l.p
WHERE l.place <= depth.second_look
  AND NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = l.p)
