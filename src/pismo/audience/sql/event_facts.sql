-- purpose: what each person looked at and opened in the last 90 days, and when they last did.
-- cost: one pass over events, one hash aggregate by subscriber.
SELECT
  e.subscriber_id,
  SUM(CASE WHEN e.kind = 'view' AND e.ts >= params.from_90 THEN 1 ELSE 0 END) AS views_90,
  SUM(CASE WHEN e.kind = 'view' AND e.ts >= params.from_30 THEN 1 ELSE 0 END) AS views_30,
  SUM(CASE WHEN e.kind = 'open' AND e.ts >= params.from_90 THEN 1 ELSE 0 END) AS opens_90,
  SUM(CASE WHEN e.kind = 'click' AND e.ts >= params.from_90 THEN 1 ELSE 0 END) AS clicks_90,
  MAX(CASE WHEN e.kind = 'view' THEN e.ts END) AS last_view,
  MAX(CASE WHEN e.kind = 'click' THEN e.ts END) AS last_click
FROM events AS e
CROSS JOIN params
WHERE e.ts < params.now
GROUP BY e.subscriber_id
