-- purpose: each person's latest answer to each quiz and poll.
-- cost: one pass over events of kind `answer`, a sort within each person's answers to one item.
SELECT ranked.subscriber_id, ranked.item, ranked.value
FROM (
  SELECT
    e.subscriber_id,
    e.item,
    e.value,
    ROW_NUMBER() OVER (
      PARTITION BY e.subscriber_id, e.item ORDER BY e.ts DESC, e.event_id DESC
    ) AS place
  FROM events AS e
  CROSS JOIN params
  WHERE e.kind = 'answer' AND e.ts < params.now AND e.item IS NOT NULL
) AS ranked
WHERE ranked.place = 1
