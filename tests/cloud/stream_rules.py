"""The broker's plugin: passes the questions 'may this client in?' and 'may it have this topic?' on to a SimulatedStream.

The broker makes its plugins itself, by name, so the stream to ask is found by the key in the plugin's settings.
"""

from dataclasses import dataclass

from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin

STREAMS = {}


class Rules(BaseAuthPlugin, BaseTopicPlugin):
    @dataclass
    class Config:
        stream: str = ""

    async def authenticate(self, *, session):
        return STREAMS[self.config.stream].login(session)

    async def topic_filtering(self, *, session=None, topic=None, action=None):
        if action == Action.SUBSCRIBE:
            return STREAMS[self.config.stream].may_subscribe(session, topic)
        if action == Action.PUBLISH:
            return STREAMS[self.config.stream].may_publish(session, topic)
        return True

    async def on_broker_message_broadcast(self, *, client_id, message):
        STREAMS[self.config.stream].published_by(client_id, message)
