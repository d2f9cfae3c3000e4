# Cloud Armor in front of the functions: limits per address, and signatures of attacks.
#
# Signatures apply to requests without a body only. Visitors legitimately ask about SQL, HTML, shell
# code and exploits, and nothing behind the chat would run them. Paths, queries and headers can be
# attacked, and those of a GET are inspected in full. (Cloud Armor reads only the beginning of a
# body, so signatures would not stop an attack there.) The functions accept no other method.

locals {
  # Sensitivity 1 has the fewest false alarms.
  signatures = ["lfi", "rce", "rfi", "scannerdetection", "protocolattack", "sessionfixation", "sqli", "xss"]

  armor_rules = concat(
    [
      {
        priority    = 1000
        description = "The functions accept the method"
        expression  = "!request.method.matches('^(GET|HEAD|POST|OPTIONS)$')"
      },
      {
        priority    = 1100
        description = "Log4Shell and similar attacks"
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
  description = "Limits and signatures in front of the functions."

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

  # The page polls far more often than a person sends messages.
  rule {
    priority    = 2000
    description = "check-availability, per address"
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
    description = "The chat (everything else), per address"
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

  # Every policy needs a final rule, although the one above leaves nothing.
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
