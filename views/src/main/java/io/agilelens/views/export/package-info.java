/** Writing the tuned model for other programs: what to write, and what came of it. */
package io.agilelens.views.export;
