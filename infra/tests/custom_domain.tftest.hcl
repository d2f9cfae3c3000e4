# With a domain: one origin behind a load balancer, and no way around it.

mock_provider "google" {
  source = "./tests/mocks"
}
mock_provider "archive" {}

variables {
  project_id = "acme-chat"
  domain     = "chat.example.com"

  # An apply wants a value of its own for each ephemeral variable.
  gemini_api_key = "made-up-key"

  requests_per_minute = { chat = 30 }
  device_answers      = false
  feedback            = true
}

run "with_a_domain" {
  # Not only a plan, because parts of a rule of Cloud Armor are known afterwards only.
  command = apply

  # One origin.

  assert {
    condition     = output.web_url == "https://chat.example.com/" && output.web_origin == "https://chat.example.com"
    error_message = "The page is at the domain."
  }
  assert {
    condition     = output.chat_url == "https://chat.example.com/api/chat/v1/chat/completions" && output.availability_url == "https://chat.example.com/api/check-availability"
    error_message = "The functions are at the domain too."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].environment_variables.NEXUS_TRUSTED_PROXIES == "2"
    error_message = "The load balancer is one proxy more, and its address is nobody's."
  }
  assert {
    condition = jsondecode(google_storage_bucket_object.entry["config.json"].content) == {
      chatUrl         = "api/chat/v1/chat/completions"
      availabilityUrl = "api/check-availability"
      deviceAnswers   = false
      feedback        = true
    }
    error_message = "The page needs no other origin."
  }
  assert {
    condition     = google_cloudfunctions2_function.chat.service_config[0].environment_variables.NEXUS_FEEDBACK == "on"
    error_message = "One switch shows the thumbs and takes the ratings."
  }
  assert {
    condition     = google_storage_bucket_object.entry["index.html"].content == file("../web/dist/index.html")
    error_message = "The page's policy stays as the build made it."
  }
  assert {
    condition = {
      for rule in google_compute_url_map.front[0].path_matcher[0].path_rule :
      join(" ", sort(rule.paths)) => rule.route_action[0].url_rewrite[0].path_prefix_rewrite
      } == {
      "/api/chat /api/chat/*"                             = "/"
      "/api/check-availability /api/check-availability/*" = "/"
    }
    error_message = "Functions must see the paths that they see behind the local gateway."
  }

  # No way around the balancer.

  assert {
    condition = alltrue([
      for function in [google_cloudfunctions2_function.chat, google_cloudfunctions2_function.check_availability] :
      function.service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    ])
    error_message = "Who comes by run.app would come past Cloud Armor."
  }
  assert {
    condition     = google_compute_url_map.to_https[0].default_url_redirect[0].https_redirect && !google_compute_url_map.to_https[0].default_url_redirect[0].strip_query
    error_message = "HTTP leads to the same address with TLS."
  }
  assert {
    condition     = google_compute_ssl_policy.modern[0].min_tls_version == "TLS_1_2"
    error_message = "Old TLS is not spoken."
  }
  assert {
    condition     = google_compute_managed_ssl_certificate.domain[0].managed[0].domains == tolist(["chat.example.com"])
    error_message = "The certificate is the domain's."
  }
  assert {
    condition     = toset(keys(output.dns_records)) == toset(["A", "AAAA"])
    error_message = "The operator must learn which records to set."
  }
  assert {
    condition = alltrue(concat(
      [for rule in google_compute_global_forwarding_rule.https : rule.load_balancing_scheme == "EXTERNAL_MANAGED" && rule.port_range == "443"],
      [for rule in google_compute_global_forwarding_rule.http : rule.load_balancing_scheme == "EXTERNAL_MANAGED" && rule.port_range == "80"],
    ))
    error_message = "All addresses belong to the one balancer."
  }

  # Security headers.

  assert {
    condition = alltrue([
      for headers in [
        google_compute_backend_bucket.web[0].custom_response_headers,
        google_compute_backend_service.function["chat"].custom_response_headers,
        google_compute_backend_service.function["check_availability"].custom_response_headers,
        ] : alltrue([
          for name in ["Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"] :
          length([for header in headers : header if startswith(header, "${name}: ")]) == 1
      ])
    ])
    error_message = "Each reply carries each header once."
  }
  assert {
    condition = alltrue([
      for word in ["frame-ancestors 'none'", "connect-src 'self';", "require-trusted-types-for 'script'"] :
      anytrue([for header in google_compute_backend_bucket.web[0].custom_response_headers : strcontains(header, word)])
    ])
    error_message = "The header says what the page's own policy says, and that nobody may frame it."
  }
  assert {
    condition     = google_compute_backend_bucket.web[0].enable_cdn && google_compute_backend_bucket.web[0].cdn_policy[0].cache_mode == "USE_ORIGIN_HEADERS"
    error_message = "The CDN keeps what the build says may be kept."
  }

  # Cloud Armor.

  assert {
    condition = {
      for rule in google_compute_security_policy.armor[0].rule : rule.description => rule.rate_limit_options[0].rate_limit_threshold[0].count if rule.action == "throttle"
    } == { "check-availability, per address" = 300, "The chat (everything else), per address" = 30 }
    error_message = "Each address is limited, on each path."
  }
  assert {
    condition = alltrue([
      for rule in google_compute_security_policy.armor[0].rule : startswith(rule.match[0].expr[0].expression, "request.method != 'POST' && ")
      if strcontains(try(rule.match[0].expr[0].expression, ""), "evaluatePreconfigured")
    ])
    error_message = "No signature may judge what a visitor writes."
  }
  assert {
    condition     = length([for rule in google_compute_security_policy.armor[0].rule : rule if strcontains(try(rule.match[0].expr[0].expression, ""), "cve-canary") && rule.action == "deny(403)" && rule.preview != true]) == 1
    error_message = "Log4Shell is refused."
  }
  assert {
    condition     = alltrue([for service in google_compute_backend_service.function : service.security_policy == google_compute_security_policy.armor[0].id])
    error_message = "The policy stands before both functions."
  }
  assert {
    condition     = length(distinct([for rule in google_compute_security_policy.armor[0].rule : rule.priority])) == length(google_compute_security_policy.armor[0].rule)
    error_message = "Each rule has a priority of its own."
  }
}

run "in_pages_that_are_listed" {
  command = plan

  variables {
    embed_origins = ["https://www.acme.example", "https://acme.example"]
  }

  assert {
    condition     = anytrue([for header in google_compute_backend_bucket.web[0].custom_response_headers : endswith(header, "; frame-ancestors https://acme.example https://www.acme.example")])
    error_message = "Browsers must let the listed pages show the chat, and no other."
  }
  assert {
    condition     = jsondecode(google_storage_bucket_object.entry["config.json"].content).embedOrigins == ["https://acme.example", "https://www.acme.example"]
    error_message = "The page must know them too."
  }
}
