-- purpose: the history of the people of one shard.
-- cost: that part of `past`.
SELECT h.number, h.p, h.bought, h.say
FROM past AS h
JOIN shard AS s ON s.number = h.number
