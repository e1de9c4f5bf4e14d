-- purpose: how much each two products are had together, by weight; each two once, the smaller
--   number first. Whole numbers are added, so that their order cannot change a sum.
-- cost: the self-join of `weighed` within each person, at most `history` squared rows by two a
--   person, into one hash aggregate by pair. This is where the limit on a history matters: a person
--   with 100,000 purchases would bring 5 billion rows, and brings 4,950.
SELECT
  one.p AS i,
  two.p AS j,
  CAST(SUM(CAST(ROUND(one.weight * two.weight * one.say * 1e12) AS BIGINT)) AS DOUBLE) / 1e12
    AS together
FROM weighed AS one
JOIN weighed AS two ON two.person = one.person AND two.p > one.p
GROUP BY one.p, two.p
