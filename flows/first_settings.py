"""``koe init``: a first koe.yaml that explains itself."""

from __future__ import annotations

from pathlib import Path

FIRST_SETTINGS = """\
# koe.yaml: what koe reads and how. Every key can also be an environment variable: KOE_DATABASE,
# KOE_DETECTION__LEVEL … Paths are meant from the folder of this file. `koe doctor` checks it.

database: sqlite:///koe.sqlite     # or postgresql+psycopg://user:password@host/koe
timezone: Asia/Tokyo               # weeks begin on Monday here; times without an offset are meant here
output: koe-out                    # where reports go
output_url: ""                     # where people open them (https://files.example.com/koe), for links in messages
languages: [ja, en]                # of the reports

# Where feedback comes from: one entry for each file or set of files. CSV, TSV, JSONL, XLSX and Parquet are told
# by their ending; UTF-8, Shift_JIS (cp932) and UTF-16 are found out. Fields: external_id, product_id, title, text,
# rating (1-5), score with scale (nps, csat, ces), created_at, updated_at, author, customer_id, lang, reach,
# disclosure (staff, incentivised, syndicated), parent_id (an answer to a question). A field whose column has the
# same name needs no entry in map; columns that no field claims become attributes (variant, lot, version …), in
# which the report looks for the cause of a defect.
sources: {}
# sources:
#   shop:
#     channel: review              # review, qa, survey or social
#     path: exports/reviews-*.csv
#     map: {external_id: review_id, text: body, rating: stars, created_at: date}
#     set: {product_id: SPK-10}    # the same for every row
#     timezone: Asia/Tokyo         # of times without an offset (default: the one above)
#     # encoding: cp932            # wins over what koe finds out
#     # time_format: "%d-%b-%y"    # for dates that koe does not know (Python's strptime)

# How products are called in the report, and whose they are.
products: {}
# products:
#   SPK-10: {name: {ja: スピーカー, en: Portable speaker}, owner: audio, kind: speaker}

# Which model reads the feedback: the one that koe ships, or the folder of another in koe's format. For a head of its
# own, a model in Hugging Face format can be named, by its folder or its id on the hub (docs/models.md).
model: default
# model:
#   sentiment: {name: models/our-bert, labels: {LABEL_0: negative, LABEL_1: neutral, LABEL_2: positive}}
#   triggers: {name: models/our-tagger, labels: {DEFECT: defect, SHIPPING: "delivery:negative"}}
#   embedding: {name: intfloat/multilingual-e5-base, pooling: mean, prefix: "query: "}

# Trigger types: rename, switch off, or add your own by words or spaCy Matcher patterns.
taxonomy: {}
# taxonomy:
#   rename: {delivery: shipping}
#   off: [availability]
#   add: [{type: allergy, words: [かぶれた, rash]}]

# How many feedback make an issue, and from which probability on (0 to 1) a statement complains.
discovery: {min_members: 4, complaint: 0.5}
#   auto_merge: true               # merge issues that are surely one; by default koe proposes it and you decide
#   parts: [part]                  # attributes that name a part of several products: its issues are compared

# Alerts: the false discovery rate over all issues of a week.
detection: {level: 0.05}

# Who gets the week's summary: Apprise addresses (chats, mail, webhooks; https://github.com/caronc/apprise lists them).
# ${NAME} is an environment variable: all of an address, or a part of it, such as a password. when: always, or alert
# for weeks in which an issue alerts.
notify: []
# notify:
#   - {url: "mailto://koe:${MAIL_PASSWORD}@example.com?to=quality@example.com", languages: ja}
#   - {url: "${CHAT_ADDRESS}", languages: [en], when: alert}

# Routing: your rules come before koe's default table; the first that holds decides. `koe route --explain FEEDBACK`
# shows why something is where it is; `koe route --dry-run` what a changed table would do.
routing: {}
# routing:
#   rules:
#     - name: speaker team
#       when: {product: [SPK-10], triggers: [defect]}
#       queue: audio
#       priority: high
#       reason: The audio team wants to see every speaker defect

# When people work, for clocks that count business time: shifts by weekday (22:00-06:00 goes over midnight), public
# holidays (JP, US or a list of dates), further days closed, and dates with hours of their own (docs/routing.md).
calendars: {}
# calendars:
#   office:
#     timezone: Asia/Tokyo         # default: the one above
#     hours: {mon-fri: [09:00-12:00, 13:00-18:00], sat: 10:00-15:00}
#     holidays: JP
#     closed: [2026-12-30, 2026-12-31]
#     open: {2026-12-29: 10:00-15:00}

# Queues and how soon their tickets are due: in business time with a calendar (m, h), in elapsed time without (m, h, d).
queues: {}
# queues:
#   audio: {title: {ja: 音響, en: Audio}, due: {urgent: 2h, high: 8h, normal: 2d, low: 7d}, lease: 30m}
#   support:
#     calendar: office
#     targets: {urgent: {first_response: 1h, resolution: 8h}, normal: {first_response: 8h, resolution: 40h}}
#   safety: {skills: [first aid]}  # only people with that skill get its tickets (koe user change NAME --skill …)

# Where `koe send` delivers replies: by source, else by channel, else to the default, which is a file beside the reports
# (docs/sending.md). ${NAME} is an environment variable.
delivery: {}
# delivery:
#   targets:
#     shop: {webhook: {url: "https://shop.example/koe", secret: "${SHOP_SECRET}"}}
#     mail: {email: {host: smtp.example, sender: support@shop.example, to_attribute: email}}
#   sources: {shop: shop}
#   channels: {survey: mail}

# Programs that are told of new tickets, all or those of some queues and priorities; `koe send` delivers (docs/api.md).
webhooks: []
# webhooks:
#   - {name: erp, url: "https://erp.example/koe", secret: "${ERP_SECRET}", queues: [safety], priorities: [urgent, high]}

# Reply drafts: who signs, and what a reply may promise. The guard stops every other promise (docs/drafts.md).
drafts: {}
# drafts:
#   company: {ja: アサナギ製作所, en: Asanagi Works}
#   contact: help@asanagi.example      # where customers reach a person in private
#   actions: [exchange, repair]        # also refund, voucher, date
#   outlets: {app-reviews: google_play}  # where replies stand, and so how long they may be
#   templates: replies                 # a folder with templates of your own
"""


def write_first_settings(path: Path, force: bool = False) -> bool:
    """Write the first koe.yaml; one that exists is kept, unless ``force`` is given. Returns whether it wrote."""
    if path.exists() and not force:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FIRST_SETTINGS, "utf-8")
    return True
