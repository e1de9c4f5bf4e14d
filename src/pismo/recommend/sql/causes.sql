-- purpose: for each near pick, the product of the person's history that brought it most.
-- cost: picks of the shard times their history, a sort within each pick.
SELECT ranked.number, ranked.p, ranked.because, ranked.bought
FROM (
  SELECT
    c.number,
    c.p,
    h.p AS because,
    h.bought,
    ROW_NUMBER() OVER (
      PARTITION BY c.number, c.p
      ORDER BY h.say * s.pull DESC, h.p
    ) AS place
  FROM chosen AS c
  JOIN shard_history AS h ON h.number = c.number
  JOIN pulls AS s ON s.i = h.p AND s.j = c.p
  WHERE c.level = 0
) AS ranked
WHERE ranked.place = 1
