/** Heat maps and charts in one style: hover, zoom, pan, export alike. */
package io.agilelens.views.chart;
