"""The Spotify account: Web API, sign-in, a day's budget, library, speakers."""
