/** Session documents: what a person made of a model, written down so that it can be rebuilt. */
package io.agilelens.app.session;
