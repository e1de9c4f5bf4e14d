-- purpose: everything that a segment or a letter may know about a person: the subscriber's own
--   columns, then the derived ones of `pismo.audience.facts.FACTS`, in that order.
-- cost: one pass over subscribers, hash joins with what the other queries left.
SELECT
  s.*,
  params.now AS now,
  CAST(EXTRACT(year FROM params.now) - EXTRACT(year FROM s.birthday)
    - CASE WHEN EXTRACT(month FROM s.birthday) * 100 + EXTRACT(day FROM s.birthday)
      > EXTRACT(month FROM params.now) * 100 + EXTRACT(day FROM params.now)
      THEN 1 ELSE 0 END AS INTEGER) AS age,
  CAST(date_diff('day', s.signup_date, CAST(params.now AS DATE)) AS INTEGER) AS days_since_signup,
  CAST(COALESCE(o.orders, 0) AS INTEGER) AS orders,
  CAST(COALESCE(o.orders_365, 0) AS INTEGER) AS orders_365,
  CAST(COALESCE(o.orders_90, 0) AS INTEGER) AS orders_90,
  CAST(COALESCE(o.orders_30, 0) AS INTEGER) AS orders_30,
  CAST(COALESCE(o.spend, 0) AS DOUBLE) AS spend,
  CAST(COALESCE(o.spend_365, 0) AS DOUBLE) AS spend_365,
  CAST(COALESCE(o.spend_90, 0) AS DOUBLE) AS spend_90,
  CAST(COALESCE(o.spend_30, 0) AS DOUBLE) AS spend_30,
  CAST(o.first_order AS DATE) AS first_order,
  CAST(o.last_order AS DATE) AS last_order,
  CAST(date_diff('day', CAST(o.first_order AS DATE), CAST(params.now AS DATE)) AS INTEGER)
    AS days_since_first_order,
  CAST(date_diff('day', CAST(o.last_order AS DATE), CAST(params.now AS DATE)) AS INTEGER)
    AS days_since_last_order,
  CASE WHEN o.orders > 0 THEN ROUND(CAST(o.spend AS DOUBLE) / o.orders, 2) END AS average_order,
  CASE WHEN o.orders > 0 THEN ROUND(
    CAST(o.spend AS DOUBLE) / o.orders
      * o.orders / GREATEST(params.lifetime_known_months,
        date_diff('day', CAST(o.first_order AS DATE), CAST(params.now AS DATE)) / 30.4375)
      * params.lifetime_months, 2) ELSE 0 END AS lifetime_value,
  c.favourite_category,
  c.last_category,
  v.viewed_category,
  CAST(COALESCE(e.views_90, 0) AS INTEGER) AS views_90,
  CAST(COALESCE(e.views_30, 0) AS INTEGER) AS views_30,
  CAST(COALESCE(e.opens_90, 0) AS INTEGER) AS opens_90,
  CAST(COALESCE(e.clicks_90, 0) AS INTEGER) AS clicks_90,
  CAST(e.last_view AS DATE) AS last_view,
  CAST(e.last_click AS DATE) AS last_click,
  CASE
    WHEN COALESCE(o.orders, 0) = 0 THEN 'never'
    WHEN o.orders < params.episodic_orders THEN 'one-time'
    WHEN o.orders >= params.regular_orders AND date_diff('day', CAST(o.last_order AS DATE),
      CAST(params.now AS DATE)) <= params.quiet_days THEN 'regular'
    ELSE 'episodic'
  END AS loyalty_stage,
  COALESCE(date_diff('day', CAST(o.last_order AS DATE), CAST(params.now AS DATE))
    > params.quiet_days, FALSE) AS quiet,
  r.rfm,
  birth.days AS days_to_birthday,
  signup.days AS days_to_signup_anniversary,
  bought.days AS days_to_first_order_anniversary
FROM subscribers AS s
CROSS JOIN params
LEFT JOIN order_facts AS o ON o.subscriber_id = s.subscriber_id
LEFT JOIN category_facts AS c ON c.subscriber_id = s.subscriber_id
LEFT JOIN viewed_category AS v ON v.subscriber_id = s.subscriber_id
LEFT JOIN event_facts AS e ON e.subscriber_id = s.subscriber_id
LEFT JOIN rfm AS r ON r.subscriber_id = s.subscriber_id
LEFT JOIN calendar AS birth ON birth.month_day
  = EXTRACT(month FROM s.birthday) * 100 + EXTRACT(day FROM s.birthday)
LEFT JOIN calendar AS signup ON signup.month_day
  = EXTRACT(month FROM s.signup_date) * 100 + EXTRACT(day FROM s.signup_date)
LEFT JOIN calendar AS bought ON bought.month_day
  = EXTRACT(month FROM o.first_order) * 100 + EXTRACT(day FROM o.first_order)
