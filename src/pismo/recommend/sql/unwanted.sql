-- purpose: what the people of one shard must not be shown.
-- cost: that part of `seen`.
SELECT u.number, u.p
FROM seen AS u
JOIN shard AS s ON s.number = u.number
