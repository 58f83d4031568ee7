"""What the seeded company works on this quarter: so that the numbers are about something."""

from dataclasses import dataclass

PEOPLE = (
    "Mara Lind", "Tomas Reyes", "Ines Okafor", "Jun Tanaka", "Lena Fischer", "Noor Haddad",
    "Samir Patel", "Wei Zhang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """An epic: its project, a label that its work carries, how far ahead of the calendar it runs."""

    project: str
    title: str
    label: str
    lead: float
    work: tuple[str, ...]


ONBOARDING, SIGNUP = "Guided onboarding", "Sign-up without a sales call"
CHECKOUT, PAYMENTS, CART = "One-page checkout", "Payments that survive an outage", "Retire the old cart"
HELP_CENTRE, SPEED = "Self-service help centre", "Pages under two seconds"
TEAMS, REFERRALS = "Plans for small teams", "Referral programme"
CHINA, PRICING = "进入中国市场", "Usage-based pricing trial"

THEMES = (
    Theme("SHOP", ONBOARDING, "onboarding", 0.10, (
        "Welcome checklist on first login", "Sample data set to start from",
        "Import products from a spreadsheet",
        "Tour of the order screen", "Progress bar for set-up", "Invite a colleague step",
        "Remind after two idle days",
        "Short videos for each step", "Set-up survey after one week", "Skip what is done already",
        "Onboarding for resellers", "Empty states that explain themselves",
    )),
    Theme("SHOP", SIGNUP, "signup", -0.05, (
        "Sign up with a work account", "Verify the domain by mail", "Trial without a credit card",
        "Choose a plan in the product", "Accept terms inside the form", "Fraud check for new accounts",
        "Company details from the register", "Sign-up form in Spanish", "Sign-up form in French",
        "Phone number optional",
        "Welcome mail with next steps",
    )),
    Theme("SHOP", CHECKOUT, "checkout", 0.05, (
        "Address and payment on one page", "Save the basket across devices", "Guest checkout",
        "Show delivery date before paying", "Apply vouchers without reload", "Errors beside the field",
        "Keyboard use from end to end", "Checkout in right-to-left languages",
        "Measure every abandoned step",
        "Remember the last delivery option", "Order summary that stays in view",
        "Smaller bundle for the payment page",
    )),
    Theme("SHOP", PAYMENTS, "payments", -0.15, (
        "Second payment provider behind a switch", "Queue captures while a provider is down",
        "Alert on falling success",
        "Reconcile payments every hour", "Retry declined captures once", "Dashboard of provider health",
        "Drill: provider outage on a Tuesday", "Idempotent refunds",
        "Rotate provider keys without downtime",
        "Chargeback export for finance",
    )),
    Theme("SHOP", CART, "checkout", 0.60, (
        "Move saved baskets to the new store", "Switch mobile apps to the new basket",
        "Remove the old cart service",
        "Delete unused cart tables", "Redirect old basket links", "Turn off nightly basket export",
        "Archive cart runbooks",
    )),
    Theme("SHOP", HELP_CENTRE, "self-service", 0.0, (
        "Search across all articles", "Articles for the ten top questions",
        "Suggest articles while typing a request",
        "Was this helpful", "Order status without login", "Return label in two clicks",
        "Change delivery address",
        "Invoice download", "Article templates for editors", "Help centre in Polish",
    )),
    Theme("SHOP", SPEED, "speed", -0.10, (
        "Images in modern formats", "Cache category pages at the edge", "Load reviews after the fold",
        "Drop two tracking scripts", "Budget for page weight in the build", "Fonts without flash",
        "Search results from memory", "Slow query on order history", "Measure on real phones",
    )),
    Theme("GROW", TEAMS, "teams", 0.05, (
        "Seats that can be shared", "Roles: owner, member, guest", "Bill by the month",
        "Move from single to team plan",
        "Team activity page", "Transfer ownership", "Limit guests per plan", "Team plan on the price page",
        "Usage mail to owners", "Downgrade without losing data", "Tax numbers on team invoices",
    )),
    Theme("GROW", REFERRALS, "referral", -0.20, (
        "Personal referral link", "Reward after first order", "Referral page in the account",
        "Share by message",
        "Fraud rules for self-referral", "Referral report for marketing", "Reward as credit note",
        "Terms of the programme",
        "Banner for happy customers",
    )),
    Theme("GROW", CHINA, "china", -0.05, (
        "支持支付宝付款", "支持微信支付", "简体中文商品页面", "国内 CDN 加速", "发票抬头与税号", "微信登录",
        "客服工作时间与时区", "内容合规检查", "手机号注册与验证码", "本地化帮助文档",
    )),
    Theme("GROW", PRICING, "pricing", 0.0, (
        "Meter orders per account", "Shadow invoice beside the real one", "Interview ten customers",
        "Simulate last year's revenue", "Price page variant for the trial", "Cap for the first month",
        "Explain usage on the invoice", "Decide what counts as usage",
    )),
)  # fmt: skip

BUGS = {
    PAYMENTS: (
        "Refund shows twice on statement", "Timeout on captures above 10,000", "Currency rounding in Japan",
        "Declined card keeps order open", "Provider callback lost on deploy",
        "Voucher and refund do not add up",
        "Payment page blank on old phones", "Duplicate capture after retry", "Receipt without tax line",
    ),
    CHECKOUT: (
        "Basket empties on language switch", "Delivery date in the past", "Back button loses the address",
        "Postcode check refuses valid codes", "Double click orders twice",
    ),
    TEAMS: ("Guest sees billing", "Invitation link expires at once", "Owner cannot leave the team"),
    SPEED: ("Layout jumps while images load", "Cache serves another language"),
}  # fmt: skip

REQUESTS = (
    "Where is my order", "Invoice with wrong address", "Cannot reset password", "Change bank account",
    "Parcel arrived damaged", "Cancel a subscription", "Voucher not accepted", "Delete my data",
    "Add a VAT number",
    "App crashes on start", "Order twice by mistake", "Refund not arrived", "Delivery to a neighbour",
    "Export of all orders", "Login code never arrives", "Wrong size delivered", "Merge two accounts",
    "Question about opening hours",
)  # fmt: skip

PARTS = ("Design", "Build", "Translate", "Release behind a switch")
