# Cloud Armor before the functions: how much one address may send, and what is plainly an attack.
#
# The signatures look at requests without a body only. A visitor of a chat writes SQL, HTML, shell
# and exploits into it and asks what they mean; in a POST each of these would be refused, and there
# is nothing behind it that would run them. What can be attacked here are paths, queries and
# headers, and those of a GET are inspected whole. (Of a body, Cloud Armor reads the beginning only,
# so the signatures would not even be a fence.) The functions take no other method than these.

locals {
  # Sensitivity 1 is the rules with the fewest false alarms.
  signatures = ["lfi", "rce", "rfi", "scannerdetection", "protocolattack", "sessionfixation", "sqli", "xss"]

  armor_rules = concat(
    [
      {
        priority    = 1000
        description = "The method is one that the functions take"
        expression  = "!request.method.matches('^(GET|HEAD|POST|OPTIONS)$')"
      },
      {
        priority    = 1100
        description = "Log4Shell and its like, also where nothing runs Java"
        expression  = "request.method != 'POST' && evaluatePreconfiguredWaf('cve-canary', {'sensitivity': 1})"
      },
    ],
    [
      for index, signature in local.signatures : {
        priority    = 1200 + 10 * index
        description = "Preconfigured: ${signature}"
        expression  = "request.method != 'POST' && evaluatePreconfiguredWaf('${signature}-v33-stable', {'sensitivity': 1})"
      }
    ],
  )
}

resource "google_compute_security_policy" "armor" {
  #checkov:skip=CKV_GCP_73:rule 1100 is cve-canary, for requests without a body; the check knows no other form than the bare expression
  count = local.has_domain ? 1 : 0

  name        = "${var.name}-armor"
  description = "Limits and signatures before the functions."

  dynamic "rule" {
    for_each = local.armor_rules
    content {
      priority    = rule.value.priority
      description = rule.value.description
      action      = "deny(403)"
      match {
        expr {
          expression = rule.value.expression
        }
      }
    }
  }

  # The page asks for the availability far more often than a person can send messages.
  rule {
    priority    = 2000
    description = "Check-availability, by address"
    action      = "throttle"
    match {
      expr {
        expression = "request.path.startsWith('/api/check-availability')"
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute.check_availability
        interval_sec = 60
      }
    }
  }

  rule {
    priority    = 2100
    description = "The chat, which is all else, by address"
    action      = "throttle"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.requests_per_minute.chat
        interval_sec = 60
      }
    }
  }

  # Every policy ends in a rule for whatever is left; the one above leaves nothing.
  rule {
    priority    = 2147483647
    description = "Default"
    action      = "allow"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [google_project_service.enabled]
}
