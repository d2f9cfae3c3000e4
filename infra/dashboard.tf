# The dashboard: the charts of dashboard_panels.tf in a grid, with the log's errors below.

locals {
  tile = { columns_in_all = 48, in_a_row = 3, width = 16, height = 14 }

  # The API omits zeros and empty texts in its replies, so including them here would show a change in
  # every plan.
  chart_tiles = [
    for index, panel in local.panels : {
      for key, value in {
        xPos   = index % local.tile.in_a_row * local.tile.width
        yPos   = floor(index / local.tile.in_a_row) * local.tile.height
        width  = local.tile.width
        height = local.tile.height
        widget = {
          title = panel.title
          xyChart = {
            dataSets = [
              for legend, query in panel.queries : {
                for key, value in {
                  timeSeriesQuery    = { prometheusQuery = query, unitOverride = panel.unit }
                  plotType           = panel.plot
                  targetAxis         = "Y1"
                  minAlignmentPeriod = "60s"
                  legendTemplate     = legend
                } : key => value if value != ""
              }
            ]
            yAxis = { scale = "LINEAR" }
          }
        }
      } : key => value if value != 0
    }
  ]

  log_tile = {
    yPos   = ceil(length(local.panels) / local.tile.in_a_row) * local.tile.height
    width  = local.tile.columns_in_all
    height = 2 * local.tile.height
    widget = {
      title     = "Errors in the log"
      logsPanel = { filter = "${local.log_filter} AND severity>=ERROR" }
    }
  }

  dashboard = {
    displayName  = "Nexus: ${var.name}"
    mosaicLayout = { columns = local.tile.columns_in_all, tiles = concat(local.chart_tiles, [local.log_tile]) }
  }
}

resource "google_monitoring_dashboard" "nexus" {
  dashboard_json = jsonencode(local.dashboard)

  depends_on = [google_project_service.enabled]
}
