package io.agilelens.app.session;

/** What a report looks like, on the screen and on paper. */
final class ReportStyle {
    static final String CSS =
            """
            @page { size: A4; margin: 16mm 14mm;
                    @bottom-right { content: counter(page); font-size: 9px; color: #57606a; } }
            body { font-family: Roboto, Helvetica, Arial, sans-serif; font-size: 13px;
                   line-height: 1.45; color: #24292f; background: #ffffff; max-width: 1180px;
                   margin: 0 auto; padding: 24px; }
            @media print { body { padding: 0; font-size: 11px; } }
            h1 { font-size: 22px; margin: 0 0 12px 0; }
            h2 { font-size: 17px; margin: 28px 0 8px 0; border-bottom: 1px solid #d0d7de; }
            h3 { font-size: 13px; margin: 16px 0 4px 0; }
            h2, h3 { page-break-after: avoid; }
            table { border-collapse: collapse; margin: 4px 0 8px 0; }
            th, td { text-align: left; vertical-align: top; padding: 2px 14px 2px 0;
                     border-bottom: 1px solid #e3e7eb; }
            th { font-weight: bold; color: #57606a; }
            .facts td, .facts th { border-bottom: 0; }
            .number { text-align: right; white-space: nowrap; }
            .runs { font-size: 11px; }
            .small { font-size: 11px; color: #57606a; }
            .badge { border: 1px solid #57606a; border-radius: 8px; padding: 0 6px;
                     font-size: 11px; color: #57606a; white-space: nowrap; }
            .picture { page-break-inside: avoid; margin: 0 0 12px 0; }
            svg { max-width: 100%; height: auto; }
            pre { font-size: 10px; background: #f6f8fa; padding: 8px; white-space: pre-wrap; }
            """;

    private ReportStyle() {}
}
